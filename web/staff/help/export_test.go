package help

// What the tests of pages see of this package besides what its users see.

type Step = step

var Topics = topics
