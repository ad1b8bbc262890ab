package staff

// What the tests of pages see of this package besides what its users see.

type (
	KeptForm  = keptForm
	KeptField = keptField
	HelpStep  = helpStep
)

const AuditPageSize = auditPageSize

var (
	HelpTopics    = helpTopics
	LocalPath     = localPath
	ParseKeptForm = parseKeptForm
)
