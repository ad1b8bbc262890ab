package questions

// Place is where a change leads back to, which the tests of pages name.
type Focus = focus
