/* A screen at a counter. It fetches its codes for a day, keeps them on the device
   and draws the one of each moment, so that it goes on without a network. Without
   this script the page loads itself again. Written for browsers as old as
   Android 5's WebView. */
(function () {
  'use strict';
  var box = document.getElementById('code'), state = document.getElementById('state');
  if (!box) return;
  var d = box.dataset, KEPT = 'hailong:screen:' + d.code, drawn = '', reached = true;

  function load() { try { return JSON.parse(localStorage.getItem(KEPT)); } catch (e) { return null; } }
  var kept = load();
  function keep(codes) {
    kept = codes;
    try {
      if (codes) localStorage.setItem(KEPT, JSON.stringify(codes)); else localStorage.removeItem(KEPT);
    } catch (e) { /* the device keeps nothing: it has them until the page is closed */ }
  }

  /* The clock of the device may be wrong; what it is wrong by is kept with the codes. */
  function fetchCodes() {
    var x = new XMLHttpRequest(), asked = Date.now();
    x.open('GET', location.pathname + '/codes');
    x.timeout = 20000;
    x.onload = function () {
      reached = true;
      if (x.status === 200) {
        var codes = JSON.parse(x.responseText);
        codes.ahead = codes.now - (asked + Date.now()) / 2;
        keep(codes);
      } else if (x.status === 403) keep(null); /* not enrolled, or revoked */
      tick();
    };
    x.onerror = x.ontimeout = function () { reached = false; tick(); };
    x.send();
  }

  function tick() {
    var text = d.address, end = 0;
    if (kept) {
      var now = Date.now() + kept.ahead, code = kept.codes[Math.floor((now - kept.first) / kept.window)];
      if (code) text += '?c=' + code;
      end = kept.first + kept.codes.length * kept.window;
      state.hidden = reached;
      state.textContent = reached ? '' : code ? d.until.replace('{0}', time(end - kept.ahead)) : d.ended;
    } else state.hidden = true;
    if (text !== drawn && draw(text)) drawn = text;
  }
  function time(ms) {
    var t = new Date(ms);
    return ('0' + t.getHours()).slice(-2) + ':' + ('0' + t.getMinutes()).slice(-2);
  }

  /* As one path of squares, with four modules of white around. */
  function draw(text) {
    var m = matrix(text), path = '', x, y;
    if (!m) { /* an address so long that the server has to draw it */
      setTimeout(function () { location.reload(); }, 30000);
      return true;
    }
    for (y = 0; y < m.length; y++) for (x = 0; x < m.length; x++) if (m[y][x]) path += 'M' + (x + 4) + ' ' + (y + 4) + 'h1v1h-1z';
    var NS = 'http://www.w3.org/2000/svg', svg = document.createElementNS(NS, 'svg'), p = document.createElementNS(NS, 'path');
    svg.setAttribute('viewBox', '0 0 ' + (m.length + 8) + ' ' + (m.length + 8));
    svg.setAttribute('role', 'img');
    svg.setAttribute('aria-label', d.label);
    svg.setAttribute('shape-rendering', 'crispEdges');
    svg.setAttribute('data-text', text);
    p.setAttribute('d', path);
    svg.appendChild(p);
    while (box.firstChild) box.removeChild(box.firstChild);
    box.appendChild(svg);
    return true;
  }

  /* A code after ISO/IEC 18004 of a text of ASCII: bytes, level L, mask 0, versions 1
     to 5, whose codewords are one block. null: the text has more than 106 characters. */
  var DATA = [0, 19, 34, 55, 80, 108], CHECK = [0, 7, 10, 15, 20, 26], FORMAT = 0x77c4; /* of level L and mask 0 */
  function matrix(text) {
    var version = 1;
    while (version < 6 && text.length > DATA[version] - 2) version++;
    if (version > 5) return null;
    var size = 17 + 4 * version, m = [], fixed = [], i, x, y;
    for (i = 0; i < size; i++) { m.push([]); fixed.push([]); }
    function set(x, y, dark) {
      if (x < 0 || y < 0 || x >= size || y >= size) return;
      m[y][x] = !!dark;
      fixed[y][x] = true;
    }
    function square(cx, cy, half, light) { /* rings around a dark middle, of which one is light */
      for (var y = -half; y <= half; y++) for (var x = -half; x <= half; x++) {
        var ring = Math.max(Math.abs(x), Math.abs(y));
        set(cx + x, cy + y, ring !== light && ring < 4);
      }
    }
    for (i = 0; i < size; i++) { set(6, i, i % 2 === 0); set(i, 6, i % 2 === 0); }
    square(3, 3, 4, 2); square(size - 4, 3, 4, 2); square(3, size - 4, 4, 2);
    if (version > 1) square(size - 7, size - 7, 2, 1);
    for (i = 0; i < 15; i++) {
      var bit = FORMAT >> i & 1;
      if (i < 6) set(8, i, bit); else if (i < 8) set(8, i + 1, bit); else if (i === 8) set(7, 8, bit); else set(14 - i, 8, bit);
      if (i < 8) set(size - 1 - i, 8, bit); else set(8, size - 15 + i, bit);
    }
    set(8, size - 8, true);

    /* Two columns at a time, up and down, from the right; the sixth is passed over. */
    var words = codewords(text, version), n = 0, up = true;
    for (var right = size - 1; right > 0; right -= 2) {
      if (right === 6) right = 5;
      for (i = 0; i < size; i++) for (x = right; x > right - 2; x--) {
        y = up ? size - 1 - i : i;
        if (fixed[y][x]) continue;
        m[y][x] = ((words[n >> 3] >> (7 - (n & 7)) & 1) ^ ((x + y) % 2 === 0 ? 1 : 0)) === 1;
        n++;
      }
      up = !up;
    }
    return m;
  }

  function codewords(text, version) {
    var words = [0x40 | text.length >> 4], rest = text.length & 15, i, j;
    for (i = 0; i < text.length; i++) {
      words.push(rest << 4 | text.charCodeAt(i) >> 4);
      rest = text.charCodeAt(i) & 15;
    }
    words.push(rest << 4);
    for (i = 0; words.length < DATA[version]; i++) words.push(i % 2 ? 0x11 : 0xec);

    /* The rest of a division by the product of (x - 2^i) over GF(256). */
    var degree = CHECK[version], divisor = [1], check = [];
    for (i = 0; i < degree; i++) {
      divisor.push(0);
      for (j = divisor.length - 1; j > 0; j--) divisor[j] ^= times(divisor[j - 1], power(i));
      check.push(0);
    }
    words.forEach(function (word) {
      var factor = word ^ check.shift();
      check.push(0);
      for (var j = 0; j < degree; j++) check[j] ^= times(divisor[j + 1], factor);
    });
    return words.concat(check, [0]); /* seven modules are left over from version 2 on */
  }
  function power(n) { var a = 1; while (n--) a = times(a, 2); return a; }
  function times(a, b) {
    var product = 0;
    for (; b; b >>= 1) {
      if (b & 1) product ^= a;
      a = a << 1 ^ (a & 128 ? 0x11d : 0);
    }
    return product;
  }

  tick();
  fetchCodes();
  setInterval(tick, 1000);
  setInterval(fetchCodes, 600000);
  addEventListener('online', fetchCodes);
  addEventListener('offline', function () { reached = false; tick(); });

  /* The screen stays on, where the browser can do that. */
  function stayOn() {
    if (navigator.wakeLock && !document.hidden) navigator.wakeLock.request('screen').then(null, function () { /* it may be refused */ });
  }
  stayOn();
  document.addEventListener('visibilitychange', stayOn);

  /* With a service worker the page opens again without a network. */
  if ('serviceWorker' in navigator) {
    navigator.serviceWorker.register('/sw.js', { scope: '/screen/' }).then(function () { return navigator.serviceWorker.ready; }).then(function (worker) {
      var urls = [location.href];
      Array.prototype.forEach.call(document.querySelectorAll('link[rel=stylesheet],link[rel=icon]'), function (l) { urls.push(l.href); });
      Array.prototype.forEach.call(document.scripts, function (s) { if (s.src) urls.push(s.src); });
      worker.active.postMessage(urls);
    }, function () { /* not offered here: the page still goes on while it is open */ });
  }
})();
