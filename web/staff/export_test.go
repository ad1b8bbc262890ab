package staff

// What the tests of pages see of this package besides what its users see.

type (
	Carried      = carried
	CarriedField = carriedField
	HelpStep     = helpStep
)

const AuditPageSize = auditPageSize

var (
	HelpTasks    = helpTasks
	LocalPath    = localPath
	ParseCarried = parseCarried
)
