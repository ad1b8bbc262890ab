/* Keeps the forms that were opened on this device, those of a surveyor too, so that they open again
   without a network. VERSION is put in front of this text by the server. */
'use strict';
var CACHE = 'hailong-' + VERSION;

self.addEventListener('install', function () { self.skipWaiting(); });
self.addEventListener('activate', function (event) {
  event.waitUntil(caches.keys().then(function (names) {
    return Promise.all(names.map(function (name) { return name === CACHE || caches.delete(name); }));
  }).then(function () { return self.clients.claim(); }));
});

/* A page names what it needs; the browser has just loaded it, so this costs no
   second transfer. */
self.addEventListener('message', function (event) {
  event.waitUntil(caches.open(CACHE).then(function (cache) {
    return Promise.all(event.data.map(function (url) {
      return fetch(url, { cache: 'force-cache', credentials: 'same-origin' }).then(function (answer) {
        if (answer.ok && !answer.redirected) return cache.put(url.replace(/[?&]c=\w+/, ''), answer); /* the code of a screen was for once */
      });
    }));
  }));
});

self.addEventListener('fetch', function (event) {
  var request = event.request, url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== location.origin) return;
  if (url.pathname.indexOf('/static/') === 0) {
    event.respondWith(kept(url, false).then(function (answer) { return answer || fetch(request); }));
  } else if (request.mode === 'navigate' && /^\/([sk]|screen|staff\/batches)\/[^/]+$/.test(url.pathname)) {
    event.respondWith(fetch(request).catch(function () {
      return kept(url, false).then(function (answer) { return answer || kept(url, true); }).then(function (answer) {
        return answer ? renumbered(answer) : Response.error();
      });
    }));
  }
});

function kept(url, anyView) {
  return caches.open(CACHE).then(function (cache) { return cache.match(url.href, { ignoreVary: true, ignoreSearch: anyView }); });
}

/* A page that is shown again is for a new response: it gets a new id. */
function renumbered(answer) {
  return answer.text().then(function (text) {
    var headers = new Headers(answer.headers);
    headers.delete('Content-Encoding');
    headers.delete('Content-Length');
    return new Response(text.replace(/(name="id" value=")[0-9a-f-]{36}/, '$1' + uuid()), { headers: headers });
  });
}

/* What a form carries is a UUID of version 8 that begins with a day; the clock of a
   device may be wrong, so this one begins with none. */
function uuid() {
  var b = crypto.getRandomValues(new Uint8Array(16)), hex = '', i;
  for (i = 0; i < 6; i++) b[i] = 0;
  b[6] = 0x80 | (b[6] & 15);
  b[8] = 0x80 | (b[8] & 63);
  for (i = 0; i < 16; i++) hex += (i === 4 || i === 6 || i === 8 || i === 10 ? '-' : '') + (b[i] + 256).toString(16).slice(1);
  return hex;
}
