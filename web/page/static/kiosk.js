/* A tablet at a counter: one big question, what may follow, thanks, and back.
   It never leaves its page, so that it goes on without a network; what it sends
   goes into the queue of hailong.js. Without this script each face sends the
   form. Written for browsers as old as Android 5's WebView. */
(function () {
  'use strict';
  var form = document.getElementById('kiosk');
  if (!form) return;
  var QUEUE = 'hailong:queue:', d = form.dataset;
  var ask = document.getElementById('ask'), more = document.getElementById('more'), thanks = document.getElementById('thanks');
  var pending = document.getElementById('pending'), chosen = null, timer = 0, deaf = 0;

  function each(list, f) { Array.prototype.forEach.call(list, f); }
  function show(screen) {
    each([ask, more, thanks], function (s) { if (s) s.hidden = s !== screen; });
    scrollTo(0, 0);
  }
  function later(f, ms) { clearTimeout(timer); timer = setTimeout(f, +ms); }

  /* What follows is asked only where it concerns the answer given. */
  function follow() {
    var any = false;
    each(form.querySelectorAll('fieldset'), function (q) {
      var rule = q.getAttribute('data-if'), at = rule.lastIndexOf(':');
      q.hidden = !!rule && rule.slice(at + 1).split(',').indexOf(chosen.value) < 0;
      q.disabled = q.hidden;
      any = any || !q.hidden;
    });
    return any;
  }

  function uuid() { /* of version 8, which begins with the day; the minute is nobody's business */
    var b = crypto.getRandomValues(new Uint8Array(16)), now = Date.now(), hex = '', i;
    now -= (now + 252e5) % 864e5; /* midnight in Viet Nam, seven hours before that of UTC */
    for (i = 5; i >= 0; i--) { b[i] = now % 256; now = Math.floor(now / 256); }
    b[6] = 0x80 | (b[6] & 15);
    b[8] = 0x80 | (b[8] & 63);
    for (i = 0; i < 16; i++) hex += (i === 4 || i === 6 || i === 8 || i === 10 ? '-' : '') + (b[i] + 256).toString(16).slice(1);
    return hex;
  }
  function day() {
    var t = new Date();
    return t.getFullYear() + '-' + ('0' + (t.getMonth() + 1)).slice(-2) + '-' + ('0' + t.getDate()).slice(-2);
  }

  function send() {
    var id = uuid(), parts = [[chosen.name, chosen.value], ['id', id]];
    each(form.elements, function (e) {
      if (e.name === 'lang' || e.name === 'form' || (e.checked && !e.parentNode.parentNode.parentNode.disabled)) parts.push([e.name, e.value]);
    });
    var body = parts.map(function (p) { return encodeURIComponent(p[0]) + '=' + encodeURIComponent(p[1]); }).join('&');
    var url = form.getAttribute('action');
    try {
      localStorage.setItem(QUEUE + id, JSON.stringify({ id: id, url: url, body: body, day: day(), receipt: url }));
      dispatchEvent(new Event('online')); /* hailong.js sends what is in the queue */
    } catch (e) { /* the device keeps nothing: now or never */
      var x = new XMLHttpRequest();
      x.open('POST', url);
      x.setRequestHeader('Content-Type', 'application/x-www-form-urlencoded');
      x.send(body);
    }
  }
  function finish() {
    send();
    show(thanks);
    thanks.focus();
    later(reset, d.thanks);
  }
  function reset() {
    clearTimeout(timer);
    form.reset();
    chosen = null;
    deaf = Date.now() + +d.pause;
    show(ask);
    if (document.activeElement) document.activeElement.blur();
  }
  function press(button) {
    if (chosen || Date.now() < deaf) return; /* pressed again and again */
    chosen = button;
    var root = document.documentElement;
    if (root.requestFullscreen && !document.fullscreenElement) root.requestFullscreen().then(null, function () { /* it may be refused */ });
    if (!more || !follow()) { finish(); return; }
    show(more);
    more.querySelector('fieldset:not([hidden]) input').focus({ preventScroll: true });
    later(finish, d.idle);
  }

  form.addEventListener('submit', function (e) { e.preventDefault(); });
  each(ask.querySelectorAll('button'), function (b) { b.addEventListener('click', function () { press(b); }); });
  if (more) {
    document.getElementById('done').addEventListener('click', function () { if (chosen && !more.hidden) finish(); });
    ['click', 'keydown', 'touchstart', 'scroll'].forEach(function (kind) {
      addEventListener(kind, function () { if (chosen && !more.hidden) later(finish, d.idle); }, true);
    });
  }

  /* No way out by the back button or a long press. */
  history.pushState(null, '', location.href);
  addEventListener('popstate', function () { history.pushState(null, '', location.href); });
  addEventListener('contextmenu', function (e) { e.preventDefault(); });

  function waiting() {
    var n = 0;
    try { for (var i = 0; i < localStorage.length; i++) if (localStorage.key(i).indexOf(QUEUE) === 0) n++; } catch (e) { /* none */ }
    pending.hidden = !n;
    pending.textContent = n ? d.pending.replace('{0}', n) : '';
  }
  waiting();
  setInterval(waiting, 5000);

  /* With a service worker the page even opens again without a network. */
  if ('serviceWorker' in navigator) {
    navigator.serviceWorker.register('/sw.js', { scope: '/k/' }).then(function () { return navigator.serviceWorker.ready; }).then(function (worker) {
      var urls = [location.href];
      each(document.querySelectorAll('link[rel=stylesheet],link[rel=icon]'), function (l) { urls.push(l.href); });
      each(document.scripts, function (s) { if (s.src) urls.push(s.src); });
      worker.active.postMessage(urls);
    }, function () { /* not offered here: the page still goes on while it is open */ });
  }
})();
