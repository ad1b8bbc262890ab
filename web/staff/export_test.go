package staff

// What the tests of pages see of this package besides what its users see.

type (
	KeptForm  = keptForm
	KeptField = keptField
)

var (
	LocalPath     = localPath
	ParseKeptForm = parseKeptForm
)
