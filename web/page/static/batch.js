/* Keying in paper forms with the keyboard, one after the other. What is saved
   goes into the queue of hailong.js, which sends it when the network allows,
   and the next empty form is there at once. Without this script the page saves
   one form at a time. */
(function () {
  'use strict';
  var form = document.getElementById('form'), list = document.getElementById('batches');
  function each(some, f) { Array.prototype.forEach.call(some, f); }
  function kept(queue) { /* what waits on this device, in the order of numbers */
    var found = [];
    try {
      for (var i = 0; i < localStorage.length; i++) {
        var key = localStorage.key(i);
        if (key.indexOf(queue) === 0) found.push({ key: key, entry: JSON.parse(localStorage.getItem(key)) });
      }
    } catch (e) { /* the device keeps nothing */ }
    return found.sort(function (a, b) { return a.key < b.key ? -1 : 1; });
  }
  function fill(text, value) { return text.replace('{0}', value); }

  /* The list of batches says where something waits. */
  if (list) {
    each(list.querySelectorAll('.waiting'), function (tag) {
      var n = kept(list.dataset.queue + tag.dataset.batch + ':').length;
      tag.hidden = !n;
      tag.textContent = fill(list.dataset.waiting, n);
    });
  }
  if (!form) return;

  var d = form.dataset, serial = form.elements.serial, told = document.getElementById('told'), latest = document.getElementById('latest');
  var button = document.getElementById('send'), forms = +d.forms, have = {};
  d.have.split(',').forEach(function (n) { if (n) have[+n] = true; });
  function idOf(n) { return d.batch + ':' + ('0000' + n).slice(-5); }
  function pairs(entry) { return entry.body.split('&').map(function (p) { return p.split('=').map(decodeURIComponent); }); }
  function valueOf(entry, name) { var p = pairs(entry).filter(function (p) { return p[0] === name; })[0]; return p ? p[1] : ''; }
  function drop(key) { try { localStorage.removeItem(key); } catch (e) { /* it was not kept */ } }
  if (d.settled) drop(d.queue + d.settled); /* it stands on this page, or on the server */

  /* Saying what happened, one thing at a time. */
  function say(text, look, link, label) {
    told.textContent = '';
    if (!text) return;
    var p = document.createElement('p');
    p.className = look || 'done';
    p.textContent = text;
    if (link) {
      var a = document.createElement('a');
      a.href = link; a.className = 'button plain'; a.textContent = label;
      p.appendChild(document.createTextNode(' '));
      p.appendChild(a);
    }
    told.appendChild(p);
  }
  function inForce() { return Object.keys(have).length; }
  function count() {
    var all = kept(d.queue), waits = all.filter(function (k) { return !k.entry.refused; }).length, tag = document.getElementById('waiting');
    tag.hidden = !waits;
    tag.textContent = fill(tag.dataset.text, waits);
    document.getElementById('how-far').value = inForce();
    document.getElementById('how-many').textContent = fill(document.getElementById('how-many').dataset.text, inForce());
    refusals(all.filter(function (k) { return k.entry.refused; }));
  }
  function act(row, label, f) {
    var b = document.createElement('button');
    b.type = 'button'; b.className = 'plain small'; b.textContent = label; b.onclick = f;
    row.appendChild(b);
  }
  function refusals(some) {
    var box = document.getElementById('refused'), ul = box.querySelector('ul');
    box.hidden = !some.length;
    ul.textContent = '';
    some.forEach(function (k) {
      var li = document.createElement('li'), row = document.createElement('p'), n = valueOf(k.entry, 'serial'), gone = k.entry.refused === 404;
      li.textContent = k.entry.why && !gone ? k.entry.why : fill(d.gone, n);
      row.className = 'row';
      if (!gone) act(row, d.look, function () { look(k.entry); });
      act(row, d.drop, function () { if (confirm(fill(d.sure, n))) { drop(k.key); count(); } });
      li.appendChild(row);
      ul.appendChild(li);
    });
  }
  /* The server's own page says what is wrong, beside each question; what was
     kept is dropped when that page is there. */
  function look(entry) {
    var f = document.createElement('form');
    f.method = 'post'; f.action = entry.url;
    pairs(entry).concat([['csrf', form.elements.csrf.value]]).forEach(function (p) {
      var input = document.createElement('input');
      input.type = 'hidden'; input.name = p[0]; input.value = p[1];
      f.appendChild(input);
    });
    document.body.appendChild(f);
    f.submit();
  }

  /* The forms keyed in last. */
  function remember(n, word) {
    var li = latest.querySelector('[data-serial="' + n + '"]') || document.createElement('li'), none = document.getElementById('latest-none');
    li.setAttribute('data-serial', n);
    li.textContent = fill(d.item, n) + ' ';
    var end = document.createElement(word ? 'span' : 'a');
    if (word) { end.className = 'tag'; end.textContent = word; } else { end.href = location.pathname + '/void?serial=' + n; end.textContent = d.void; end.setAttribute('aria-label', d.void + ' ' + fill(d.item, n)); }
    li.appendChild(end);
    latest.insertBefore(li, latest.firstChild);
    while (latest.children.length > 10) latest.removeChild(latest.lastChild);
    if (none) none.hidden = true;
  }

  /* The next form. */
  function next(n) {
    for (var i = n + 1; i <= forms; i++) if (!have[i]) return i;
    for (i = 1; i <= n; i++) if (!have[i]) return i;
    return 0;
  }
  function set(n) {
    serial.value = n || '';
    form.elements.id.value = idOf(n);
    form.elements.take.value = 1;
    duplicate();
  }
  function duplicate() {
    var p = document.getElementById('serial-told'), n = +serial.value, text = '';
    form.elements.id.value = idOf(n);
    if (kept(d.queue + idOf(n)).length) text = fill(d.pending, n);
    else if (have[n] && +form.elements.take.value < 2) text = fill(d.duplicate, n);
    p.textContent = text;
    p.hidden = !text;
  }
  serial.addEventListener('input', function () { form.elements.take.value = 1; duplicate(); });
  function empty() {
    each(form.querySelectorAll('.q input'), function (e) {
      if (e.type === 'radio' || e.type === 'checkbox') e.checked = false; else e.value = '';
      e.disabled = false;
    });
    each(form.querySelectorAll('.q'), function (q) { q.disabled = false; wrong(q, ''); });
    ['errors', 'saved'].forEach(function (id) { var e = document.getElementById(id); if (e) e.hidden = true; });
    form.dispatchEvent(new Event('change')); /* hailong.js shows and counts anew */
  }

  /* What is missing is said before anything is sent. */
  function wrong(q, text) {
    each(q.querySelectorAll('.error'), function (p) { p.parentNode.removeChild(p); });
    q.classList.toggle('wrong', !!text);
    if (!text) return;
    var p = document.createElement('p');
    p.className = 'error'; p.textContent = text;
    q.insertBefore(p, q.querySelector('legend').nextSibling);
  }
  function answered(q) {
    return Array.prototype.some.call(q.querySelectorAll('input'), function (e) { return e.type === 'radio' || e.type === 'checkbox' ? e.checked : e.value.trim() !== ''; });
  }
  function check() {
    var first = null, n = +serial.value;
    each(form.querySelectorAll('.q[data-required]'), function (q) {
      var missing = !q.hidden && !answered(q);
      wrong(q, missing ? d.required : '');
      if (missing && !first) first = q;
    });
    if (!(n >= 1 && n <= forms && n % 1 === 0)) { say(d.badSerial, 'errors'); serial.focus(); return false; }
    if (first) { focus(first); return false; }
    return true;
  }
  document.addEventListener('submit', function (event) {
    if (event.target !== form || check()) return;
    event.preventDefault();
    event.stopPropagation();
  }, true);
  form.addEventListener('hailong:kept', function (event) {
    var n = +valueOf(event.detail.entry, 'serial');
    have[n] = true;
    remember(n, d.sending);
    say('');
    empty();
    var following = next(n);
    set(following);
    if (following) focus(questions()[0]); else { say(d.done); serial.focus(); }
    count();
  });
  form.addEventListener('hailong:answered', function (event) {
    var x = event.detail, n = +valueOf(x.entry, 'serial'), here = x.entry.id === idOf(n), answer = {};
    try { answer = JSON.parse(x.text); } catch (e) { /* a page: not found */ }
    if (x.status < 300) {
      if (here) remember(n, '');
      say(answer.text);
    } else {
      x.entry.why = answer.text;
      try { if (localStorage.getItem(d.queue + x.entry.id)) localStorage.setItem(d.queue + x.entry.id, JSON.stringify(x.entry)); } catch (e) { /* not kept */ }
      if (here) remember(n, d.look);
      if (here && answer.state === 'invalid') delete have[n];
    }
    count();
  });
  form.addEventListener('hailong:waiting', function () { if (document.getElementById('note').hidden) say(d.offline, 'note'); count(); });
  form.addEventListener('hailong:signedout', function () {
    say(d.signedOut, 'errors', '/staff/login?next=' + encodeURIComponent(location.pathname), d.signIn);
    count();
  });

  /* The keyboard. */
  function questions() { return Array.prototype.filter.call(form.querySelectorAll('.q'), function (q) { return !q.hidden; }); }
  function focus(q) {
    var e = q && (q.querySelector('input:checked') || q.querySelector('input'));
    if (!e) { button.focus(); return; }
    e.focus({ preventScroll: true });
    q.scrollIntoView({ block: 'center' });
  }
  function go(q, step) {
    var all = questions(), at = all.indexOf(q) + step;
    if (at < 0) serial.focus(); else if (at >= all.length) { button.focus(); button.scrollIntoView({ block: 'center' }); } else focus(all[at]);
  }
  function press(q, key) {
    var e = q.querySelector('[data-key="' + key + '"]');
    if (!e) return false;
    e.checked = e.type === 'radio' || !e.checked;
    wrong(q, '');
    form.dispatchEvent(new Event('change'));
    var write = e.parentNode.querySelector('.write');
    if (write && e.checked) write.focus();
    else if (e.type === 'radio' || q.classList.contains('consent')) go(q, 1);
    else e.focus();
    return true;
  }
  form.addEventListener('keydown', function (event) {
    var e = event.target, q = e.closest && e.closest('.q'), typing = e.type === 'text' || e.type === 'date' || e.type === 'number';
    if (event.isComposing || event.altKey || event.metaKey) return;
    if (event.key === 'Enter' && event.ctrlKey) { event.preventDefault(); button.click(); return; }
    if (event.ctrlKey || e === button || e.tagName === 'SUMMARY') return;
    if (event.key === 'Enter' || event.key === 'ArrowDown' && e.type !== 'date') {
      event.preventDefault();
      if (q) go(q, 1); else focus(questions()[0]);
    } else if (event.key === 'ArrowUp' && q) {
      event.preventDefault();
      go(q, -1);
    } else if (q && !typing && event.key.length === 1 && press(q, event.key.toLowerCase())) {
      event.preventDefault();
    }
  });
  form.addEventListener('change', function (event) { var q = event.target.closest && event.target.closest('.q.wrong'); if (q && answered(q)) wrong(q, ''); });

  kept(d.queue).forEach(function (k) { /* what waits from before */
    var n = +valueOf(k.entry, 'serial');
    if (k.entry.id !== idOf(n)) return;
    if (!k.entry.refused) { have[n] = true; remember(n, d.sending); }
  });
  if (form.hasAttribute('data-fresh')) {
    if (have[+serial.value] && +form.elements.take.value < 2 && !/[?&]serial=/.test(location.search)) set(next(+serial.value));
    if (questions().length) focus(questions()[0]);
  }
  duplicate();
  count();
})();
