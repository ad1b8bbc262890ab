package survey

// LogHead is the head of the log that the ledger's closed parts are in (survey/treelog):
// what an edition names, so that nobody can change afterwards what it was made of.
type LogHead struct {
	Size   int64  `bson:"size" json:"size"`     // how many records the log had
	Root   string `bson:"root" json:"root"`     // of the tree over them, in base64
	Signed string `bson:"signed" json:"signed"` // size and root with a signature
	Key    string `bson:"key" json:"key"`       // that verifies it
}
