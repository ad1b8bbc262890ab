package health

import "time"

// began is when this process began to count, for machines that do not say when they did.
var began = time.Now()
