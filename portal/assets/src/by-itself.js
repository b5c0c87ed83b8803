// What a page fetches because it has heard something, and not because anybody touched it, says so:
// it keeps no session alive.
document.addEventListener('htmx:config:request', ({ detail: { ctx } }) => {
  if (ctx.sourceEvent?.type?.startsWith('live:')) ctx.request.headers['X-By-Itself'] = '1';
});
