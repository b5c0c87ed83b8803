"""Reading in the breathing space, always for somebody who may."""
