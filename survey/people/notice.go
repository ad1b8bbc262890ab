package people

import (
	"time"

	"hailong/survey"
)

// Notice tells a person that something by which they sign in was changed, so that they
// hear of it when it was somebody else.
type Notice struct {
	Action survey.Action `bson:"action"`
	At     time.Time     `bson:"at"`
	By     survey.Login  `bson:"by,omitempty"` // empty: a command
}

const (
	noticesKept = 6
	// NoticeShown is how long the first page tells of a notice.
	NoticeShown = 14 * 24 * time.Hour
)

// notice adds a notice, which is stored with the change that it tells of.
func (u *User) notice(action survey.Action, actor survey.Actor, at time.Time) {
	u.Notices = append(u.Notices, Notice{Action: action, At: at, By: actor.Login})
	u.Notices = u.Notices[max(0, len(u.Notices)-noticesKept):]
}

// NoticesSince are the notices after a moment, the newest first.
func (u *User) NoticesSince(since time.Time) []Notice {
	var recent []Notice
	for i := len(u.Notices) - 1; i >= 0 && u.Notices[i].At.After(since); i-- {
		recent = append(recent, u.Notices[i])
	}
	return recent
}
