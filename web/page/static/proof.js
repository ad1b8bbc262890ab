/* Verifies on the device that a response is in the signed log: from its leaf to the root
   of its part of the ledger, through the record to the root of the log, and to the
   signature. Nothing is sent. Browsers that cannot do it say so in words. */
(function () {
  'use strict';
  var box = document.getElementById('proof'), state = document.getElementById('proof-state');
  if (!box || !state) return;
  var say = state.dataset;
  function show(kind, text) {
    state.className = 'note ' + kind;
    state.textContent = text;
    var tick = document.querySelector('.notice > svg');
    if (kind === 'bad' && tick) tick.parentNode.removeChild(tick); /* what the page says around it does not hold */
  }
  if (!window.crypto || !crypto.subtle || !window.Promise || !window.Uint8Array) {
    show('', say.insecure);
    return;
  }

  function bytesOf(base64) {
    var text = atob(base64), bytes = new Uint8Array(text.length), i;
    for (i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
    return bytes;
  }
  function base64Of(bytes) {
    var text = '', i;
    for (i = 0; i < bytes.length; i++) text += String.fromCharCode(bytes[i]);
    return btoa(text);
  }
  function hash(first, a, b) {
    var all = new Uint8Array(1 + a.length + (b ? b.length : 0));
    all[0] = first;
    all.set(a, 1);
    if (b) all.set(b, 1 + a.length);
    return crypto.subtle.digest('SHA-256', all).then(function (sum) { return new Uint8Array(sum); });
  }
  function leafHash(data) { return hash(0, data); }
  function nodeHash(left, right) { return hash(1, left, right); }
  function must(holds) { if (!holds) throw new Error('bad'); }

  /* The root of the part: each step says on which side its node stands. */
  function partRoot(p) {
    return p.path.reduce(function (done, step) {
      return done.then(function (root) {
        var beside = bytesOf(step.hash);
        return step.left ? nodeHash(beside, root) : nodeHash(root, beside);
      });
    }, leafHash(bytesOf(p.leaf)));
  }

  /* The root of the log, as RFC 9162, section 2.1.3.2 lays down. */
  function logRoot(p, size) {
    var fn = p.number, sn = size - 1;
    must(fn >= 0 && fn <= sn);
    return p.beside.reduce(function (done, node) {
      return done.then(function (root) {
        var beside = bytesOf(node), left = fn % 2 === 1 || fn === sn;
        must(sn > 0);
        if (left) while (fn % 2 === 0 && fn !== 0) { fn = Math.floor(fn / 2); sn = Math.floor(sn / 2); }
        fn = Math.floor(fn / 2);
        sn = Math.floor(sn / 2);
        return left ? nodeHash(beside, root) : nodeHash(root, beside);
      });
    }, leafHash(utf8(p.record))).then(function (root) {
      must(sn === 0);
      return root;
    });
  }
  function utf8(text) {
    text = unescape(encodeURIComponent(text));
    var bytes = new Uint8Array(text.length), i;
    for (i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
    return bytes;
  }

  /* 'NAME+HASH+KEY', and '— NAME SIGNATURE' behind the signed text. */
  function signedBy(p) {
    var name = p.key.indexOf('+'), at = p.key.indexOf('+', name + 1), key = bytesOf(p.key.slice(at + 1));
    var end = p.head.lastIndexOf('\n\n') + 1, text = p.head.slice(0, end), line = p.head.slice(end + 1).split('\n')[0].split(' ');
    must(key.length === 33 && key[0] === 1 && line[0] === '\u2014' && line[1] === p.key.slice(0, name));
    var signature = bytesOf(line[2]);
    must(signature.length === 68);
    return crypto.subtle.importKey('raw', key.slice(1), { name: 'Ed25519' }, false, ['verify']).then(function (k) {
      return crypto.subtle.verify({ name: 'Ed25519' }, k, signature.slice(4), utf8(text)).then(function (good) { return good ? 'ok' : 'bad'; });
    }, function () { return 'unsigned'; });
  }

  Promise.resolve().then(function () {
    var p = JSON.parse(box.textContent), record = p.record.split('\n'), head = p.head.split('\n'), size = Number(head[1]);
    must(p.format === 'hailong receipt proof 1' && record[0] === 'hailong ledger part' && head[0] === 'hailong/log');
    return partRoot(p).then(function (root) {
      must(record[4] === 'root ' + base64Of(root));
      return logRoot(p, size);
    }).then(function (root) {
      must(head[2] === base64Of(root));
      return signedBy(p);
    });
  }).then(function (found) {
    show(found === 'ok' ? 'good' : found === 'bad' ? 'bad' : '', say[found]);
  }, function () { show('bad', say.bad); });
})();
