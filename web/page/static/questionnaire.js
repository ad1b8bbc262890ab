// The page of a question shows only what its type of answer needs. Without
// this script it shows everything, each part with what it is for.
'use strict';
(function () {
  var type = document.getElementById('f-type');
  if (!type) return;
  function show() {
    document.querySelectorAll('[data-types]').forEach(function (part) {
      part.hidden = part.dataset.types.split(' ').indexOf(type.value) < 0;
    });
  }
  type.addEventListener('change', show);
  show();
})();
