/* What the citizen's pages do beyond HTML: keep a draft on the device, send
   when the network allows, show and hide questions, count. Everything works
   without it. Written for browsers as old as Android 5's WebView. */
(function () {
  'use strict';
  var DRAFT = 'hailong:draft:', DRAFT_DAYS = 3;
  var form = document.getElementById('form');
  var note = document.getElementById('note');
  var words = form ? form.dataset : {};

  /* At a desk somebody who has signed in keys in one paper form after the other:
     the page stays, and what the server refuses waits until that person has
     looked at it. batch.js does the rest. */
  var batch = !!words.queue, QUEUE = words.queue || 'hailong:queue:';
  function tell(what, entry, x) { form.dispatchEvent(new CustomEvent('hailong:' + what, { detail: { entry: entry, status: x ? x.status : 0, text: x ? x.responseText : '' } })); }

  /* A device may refuse to keep anything; then nothing is kept. */
  function load(key) { try { return JSON.parse(localStorage.getItem(key)); } catch (e) { return null; } }
  function save(key, value) { try { localStorage.setItem(key, JSON.stringify(value)); return true; } catch (e) { return false; } }
  function drop(key) { try { localStorage.removeItem(key); } catch (e) { /* nothing was kept */ } }
  function keys(prefix) {
    var found = [];
    try { for (var i = 0; i < localStorage.length; i++) if (localStorage.key(i).indexOf(prefix) === 0) found.push(localStorage.key(i)); } catch (e) { /* none */ }
    return found.sort();
  }
  function each(list, f) { Array.prototype.forEach.call(list, f); }
  function say(text, action, label) {
    if (!note) return;
    note.textContent = text || '';
    note.hidden = !text;
    if (action) {
      var b = document.createElement('button');
      b.type = 'button'; b.className = 'plain'; b.textContent = label; b.onclick = action;
      note.appendChild(document.createElement('br'));
      note.appendChild(b);
    }
  }

  /* The queue: forms that were sent but not yet acknowledged. */
  var tries = 0, timer = 0, busy = false, current = '';
  function flush() {
    clearTimeout(timer);
    if (busy) return;
    var key = keys(QUEUE).filter(function (k) { return !(load(k) || {}).refused; })[0];
    if (!key) { if (form && !batch) keys(QUEUE).forEach(received); return; }
    var entry = load(key);
    if (!entry) { drop(key); flush(); return; }
    busy = true;
    var x = new XMLHttpRequest();
    x.open('POST', entry.url);
    x.timeout = 30000;
    x.setRequestHeader('Content-Type', 'application/x-www-form-urlencoded');
    if (batch) {
      x.setRequestHeader('Accept', 'application/json');
      x.setRequestHeader('X-Csrf-Token', form.elements.csrf.value);
    }
    x.onload = x.onerror = x.ontimeout = x.onabort = function () {
      var mine = entry.id === current;
      if (batch && x.status && x.status < 500 && x.status !== 408 && x.status !== 429) { answered(key, entry, x); return; }
      if (mine && x.status >= 200 && x.status < 300) {
        drop(key);
        location.replace(x.responseURL || entry.receipt); /* still busy: a further tap does nothing */
        return;
      }
      busy = false;
      if (x.status >= 200 && x.status < 300) {
        drop(key); tries = 0;
        say(words.sent, function () { location.href = x.responseURL || entry.receipt; }, words.receipt);
        flush();
      } else if (x.status === 409 && !mine) { /* another sending was first: the answers stay until they were looked at */
        entry.refused = 409; tries = 0;
        save(key, entry);
        flush();
      } else if (x.status >= 400 && x.status < 500 && x.status !== 408 && x.status !== 429) {
        drop(key); tries = 0;
        if (mine) form.submit(); else { say(words.refused); flush(); } /* the server's own page says what is wrong */
      } else {
        entry.late = true;
        save(key, entry);
        if (batch) tell('waiting', entry); else if (mine) wait(true); else if (note && note.hidden) say(words.waiting);
        timer = setTimeout(flush, Math.min(300, 4 * Math.pow(2, tries++)) * 1000 * (0.75 + Math.random() / 2));
      }
    };
    x.send(entry.body + (entry.late && !batch ? '&day=' + entry.day : ''));
  }
  /* The server's page offers to send it as another form. */
  function received(key) {
    say(words.received, function () {
      var f = document.createElement('form'), entry = load(key);
      if (!entry) return;
      f.method = 'post'; f.action = entry.url;
      entry.body.split('&').forEach(function (part) {
        var input = document.createElement('input'), pair = part.split('=').map(decodeURIComponent);
        input.type = 'hidden'; input.name = pair[0]; input.value = pair[1];
        f.appendChild(input);
      });
      document.body.appendChild(f);
      drop(key);
      f.submit();
    }, words.look);
  }
  /* Whoever has been signed out gets a page in the place of an answer. */
  function answered(key, entry, x) {
    var out = x.status === 401 || x.status === 403 || !/json/.test(x.getResponseHeader('Content-Type') || '') && x.status !== 404;
    busy = false; tries = 0;
    if ((load(key) || {}).body === entry.body) { /* else it was keyed in anew meanwhile */
      if (x.status < 300 && !out) drop(key);
      else if (!out) { entry.refused = x.status; save(key, entry); }
    }
    tell(out ? 'signedout' : 'answered', entry, x);
    if (!out) flush();
  }
  addEventListener('online', function () { tries = 0; if (form && !current) say(''); flush(); });

  if (!form) { flush(); return; }

  var fields = form.querySelectorAll('.q'), button = document.getElementById('send'), draftKey = DRAFT + words.code;
  var label = button.textContent, bar = form.querySelector('.progress');

  function typed(e) { return e.name && e.type !== 'hidden' && e.type !== 'submit' && ((e.type === 'radio' || e.type === 'checkbox') ? e.checked : e.value !== ''); }

  /* Questions are hidden and not emptied: going back shows them as they were. */
  function show() {
    var hidden = {};
    each(fields, function (q) {
      var rule = q.getAttribute('data-if');
      var off = !!rule && !rule.split(';').every(function (part) {
        var at = part.lastIndexOf(':'), item = part.slice(0, at), codes = part.slice(at + 1).split(',');
        if (hidden['q-' + item]) return false;
        return codes.some(function (code) {
          var e = document.getElementById('a-' + item + '-' + (code === '0' ? 'na' : code));
          return e && e.checked;
        });
      });
      hidden[q.id] = off;
      q.hidden = off;
    });
  }
  function count() {
    var all = 0, done = 0;
    each(fields, function (q) {
      if (q.hidden) return;
      all++;
      if (Array.prototype.some.call(q.querySelectorAll('input,textarea'), typed)) done++;
    });
    var line = bar.querySelector('progress'), text = bar.querySelector('span');
    line.max = all; line.value = done;
    text.textContent = text.getAttribute('data-text').replace('{0}', done).replace('{1}', all);
    bar.hidden = all < 4;
    each(form.querySelectorAll('.left'), function (left) {
      var free = 1000 - left.parentNode.querySelector('textarea').value.length;
      if (free < 300) left.textContent = left.getAttribute('data-text').replace('{0}', free);
    });
  }

  /* Drawn when the form is sent, and not before: who had the page first does not know
     it. Each sending carries it, so that the server knows who may see the receipt code. */
  var nonce = '';
  function draw() { each(crypto.getRandomValues(new Uint8Array(16)), function (b) { nonce += (b + 256).toString(16).slice(1); }); }

  function keep() {
    var values = [];
    each(form.elements, function (e) { if (typed(e)) values.push([e.name, e.value]); });
    if (values.some(function (v) { return /^[at]\./.test(v[0]); })) save(draftKey, { id: form.elements.id.value, ticket: (form.elements.ticket || {}).value, receipt: (form.elements.receipt || {}).value, nonce: nonce, at: Date.now(), values: values }); else drop(draftKey);
  }
  function restore() {
    var draft = load(draftKey);
    if (!draft || Date.now() - draft.at > DRAFT_DAYS * 864e5) { drop(draftKey); return; }
    form.elements.id.value = draft.id;
    if (form.elements.ticket) form.elements.ticket.value = draft.ticket || ''; /* they go with the id */
    nonce = draft.nonce || '';
    if (draft.receipt) { /* of a page that an older version showed */
      var older = document.createElement('input');
      older.type = 'hidden'; older.name = 'receipt'; older.value = draft.receipt;
      form.appendChild(older);
    }
    each(form.elements, function (e) {
      draft.values.forEach(function (v) {
        if (e.name !== v[0]) return;
        if (e.type === 'radio' || e.type === 'checkbox') { if (e.value === v[1]) e.checked = true; }
        else if (e.type !== 'hidden') e.value = v[1];
      });
    });
    say(words.restored, function () { drop(draftKey); form.reset(); location.reload(); }, words.again);
  }

  function encode() {
    var parts = [];
    each(form.elements, function (e) {
      if (e.name && e.name !== 'csrf' && e.type !== 'submit' && (e.type === 'hidden' || typed(e))) parts.push(encodeURIComponent(e.name) + '=' + encodeURIComponent(e.value));
    });
    return parts.join('&');
  }
  function day() {
    var d = new Date();
    return d.getFullYear() + '-' + ('0' + (d.getMonth() + 1)).slice(-2) + '-' + ('0' + d.getDate()).slice(-2);
  }
  function wait(failed) {
    button.disabled = !failed;
    button.textContent = failed ? words.retry : words.sending;
    if (failed) { say(words.waiting); note.scrollIntoView(); }
  }
  function settle() { each(fields, function (q) { q.disabled = q.hidden; }); }

  form.addEventListener('submit', function (event) {
    if (busy && !batch) { event.preventDefault(); return; } /* a second tap */
    settle();
    var id = form.elements.id.value, url = form.getAttribute('action'), cut = url.split('?');
    if (!nonce) draw();
    var entry = { id: id, url: url, body: encode() + (batch ? '' : '&nonce=' + nonce), day: day(), receipt: cut[0] + '/thanks' + (cut[1] ? '?' + cut[1] : '') };
    if (!save(QUEUE + id, entry)) return; /* the browser sends it itself */
    event.preventDefault();
    drop(draftKey);
    if (batch) { tell('kept', entry); tries = 0; flush(); return; }
    current = id;
    wait(false);
    tries = 0;
    flush();
  });
  function changed() {
    if (current) { drop(QUEUE + current); current = ''; button.textContent = label; } /* mended while waiting */
    each(fields, function (q) { q.disabled = false; });
    show(); count(); keep();
  }
  form.addEventListener('change', changed);
  form.addEventListener('input', function (e) { if (e.target.type !== 'radio' && e.target.type !== 'checkbox') changed(); });
  addEventListener('offline', function () { if (!current) say(words.offline); });
  addEventListener('pageshow', function (e) { if (e.persisted) { current = ''; busy = false; button.disabled = false; button.textContent = label; each(fields, function (q) { q.disabled = false; }); } });

  /* Whoever scanned the code of a screen keeps it in the other language too. */
  var code = location.search.match(/[?&](c=\w+)/);
  if (code) each(document.querySelectorAll('[data-tool]'), function (a) { a.href += (a.search ? '&' : '?') + code[1]; });

  if (form.hasAttribute('data-fresh')) restore(); else keep();
  show();
  count();
  flush();

  /* With a service worker the form opens again without a network. */
  if ('serviceWorker' in navigator) {
    navigator.serviceWorker.register('/sw.js', { scope: words.scope || '/s/' });
    navigator.serviceWorker.ready.then(function (worker) {
      var urls = form.hasAttribute('data-fresh') ? [batch ? location.origin + location.pathname : location.href] : [];
      each(document.querySelectorAll('link[rel=stylesheet],link[rel=icon]'), function (l) { urls.push(l.href); });
      each(document.scripts, function (s) { if (s.src) urls.push(s.src); });
      worker.active.postMessage(urls);
    });
  }
})();
