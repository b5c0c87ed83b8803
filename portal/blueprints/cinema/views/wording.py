"""Amounts and numbers as people read them."""

from __future__ import annotations

from decimal import Decimal

from babel import numbers

from portal.blueprints.cinema.rules import addresses, money
from portal.core.i18n import customs
from portal.web.i18n import locale

site = addresses.site


def kroner(amount: int) -> str:
    """Write øre as «149 kr» or «149,50 kr», as the reader's language does."""
    whole = amount % 100 == 0
    pattern = "#,##0 ¤;-#,##0 ¤" if whole else "#,##0.00 ¤;-#,##0.00 ¤"
    return str(
        numbers.format_currency(
            Decimal(amount) / 100, "NOK", format=pattern, locale=customs(locale()), currency_digits=False
        )
    ).replace("NOK", "kr")


def phone(number: str) -> str:
    """Write a phone number so that it stays on one line."""
    return money.phone_in_groups(number).replace(" ", "\u00a0")
