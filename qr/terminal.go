package qr

// Terminal draws a code as text, for a terminal that writes light on dark: a character
// is two modules, one above the other. It has level L, because it is read from a screen
// at once and has to be small. The error is ErrContent.
func Terminal(content string) (string, error) {
	code, err := newCode(content, Low)
	if err != nil {
		return "", err
	}
	code.DisableBorder = false // a quiet zone of 4 modules
	return code.ToSmallString(false), nil
}
