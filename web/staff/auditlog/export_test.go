package auditlog

// What the tests of pages see of this package besides what its users see.

const PageSize = pageSize
