// A link to an answer that is not among the first: its place is only behind the #, which the server never sees.
const [, number] = /^#svar-(\d+)$/.exec(window.location.hash) ?? [];
const isThread = document.getElementById('thread');
if (number && isThread && !document.getElementById(`svar-${number}`) && !window.location.search.includes('svar=')) {
  window.location.replace(`?svar=${number}#svar-${number}`);
}
