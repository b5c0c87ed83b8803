// A link to an answer that is not among the first: its place is only behind the #, which the server never sees.
function lead() {
  const [, number] = /^#svar-(\d+)$/.exec(window.location.hash) ?? [];
  const isAway = number && document.getElementById('thread') && !document.getElementById(`svar-${number}`);
  if (isAway && !window.location.search.includes(`svar=${number}`)) window.location.replace(`?svar=${number}#svar-${number}`);
}

window.addEventListener('hashchange', lead);
lead();
