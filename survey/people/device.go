package people

import (
	"context"
	"slices"

	"hailong/survey"
)

// KnownDevice is a browser in which somebody signed in before. It keeps a secret in a
// cookie for a year; the account keeps its hash. It opens nothing: it spares its owner
// from waiting while others guess.
type KnownDevice struct {
	Hash string      `bson:"hash"`
	Seen survey.Date `bson:"seen"`
}

// knownDevices is how many devices an account remembers, the newest.
const knownDevices = 12

// knows reports whether somebody signed in with a device before.
func (u *User) knows(device string) bool {
	if device == "" {
		return false
	}
	hash := HashSecret(device)
	return slices.ContainsFunc(u.Devices, func(d KnownDevice) bool { return d.Hash == hash })
}

// forgetDevices has an account forget all devices but one, whose secret may be empty.
func (u *User) forgetDevices(but string) {
	hash := HashSecret(but)
	u.Devices = slices.DeleteFunc(u.Devices, func(d KnownDevice) bool { return but == "" || d.Hash != hash })
}

// RememberDevice notes that somebody has signed in, wholly, with a device, and returns
// its secret: the one it has, which may be of several accounts, or a new one.
func (a *Accounts) RememberDevice(ctx context.Context, login survey.Login, device string) (string, error) {
	if len(device) != len(NewSecret()) { // none, or not one of ours
		device = NewSecret()
	}
	hash, today := HashSecret(device), survey.DateOf(a.now())
	err := survey.Mark(ctx, a.changes, survey.Users, string(login), func(u *User) bool {
		i := slices.IndexFunc(u.Devices, func(d KnownDevice) bool { return d.Hash == hash })
		if i >= 0 && u.Devices[i].Seen == today {
			return false
		}
		if i >= 0 {
			u.Devices = slices.Delete(u.Devices, i, i+1)
		}
		u.Devices = append(u.Devices, KnownDevice{Hash: hash, Seen: today})
		u.Devices = slices.Delete(u.Devices, 0, max(0, len(u.Devices)-knownDevices))
		return true
	})
	return device, err
}

// reserve reserves an attempt for somebody from a client.
func (a *Accounts) reserve(ctx context.Context, kind guessKind, login survey.Login, user *User, client AttemptSource) (*reservation, error) {
	return a.guesses.reserve(ctx, kind, login, client, user.knows(client.Device))
}

// ForgetGuesses removes the counts of attempts that no longer matter, and returns how
// many documents that were.
func (a *Accounts) ForgetGuesses(ctx context.Context) (int, error) { return a.guesses.forget(ctx) }
