package formview

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html/template"
	"strconv"
	"strings"

	"hailong/survey"
	"hailong/web/page"
)

// ShowRules is the stylesheet that hides a question until its conditions hold,
// for a browser that knows :has() but runs no script. It stands in the page,
// because a request more costs seconds on 2G, and is allowed by its hash.
type ShowRules struct {
	CSS    template.CSS
	Policy string // content security policy of a page that holds it
}

// NewShowRules makes the rules of a questionnaire. hidden says which items are
// not on the page at all.
func NewShowRules(form *survey.Questionnaire, onPage func(item string) bool) ShowRules {
	var b strings.Builder
	conditions := map[string]string{} // of each conditional item, those of the items it depends on included
	for _, it := range form.Items() {
		if len(it.ShowIf) == 0 || !onPage(it.Code) {
			continue
		}
		var all strings.Builder
		for _, when := range it.ShowIf {
			choices := make([]string, len(when.In))
			for i, code := range when.In {
				value := strconv.Itoa(code)
				if code == survey.NotApplicable {
					value = survey.NA
				}
				choices[i] = fmt.Sprintf("[name=%s][value=%s]:checked", quoteCSS("a."+when.Item), quoteCSS(value))
			}
			fmt.Fprintf(&all, ":has(%s)", strings.Join(choices, ","))
			all.WriteString(conditions[when.Item])
		}
		conditions[it.Code] = all.String()
		fmt.Fprintf(&b, "#form:not(%s) %s{display:none}", all.String(), "[id="+quoteCSS("q-"+it.Code)+"]")
	}
	if b.Len() == 0 {
		return ShowRules{Policy: page.ContentPolicy}
	}
	css := "@supports selector(:has(*)){.when{display:none}" + b.String() + "}"
	sum := sha256.Sum256([]byte(css))
	hash := "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	return ShowRules{
		CSS:    template.CSS(css), //nolint:gosec // made of quoted item codes and numbers
		Policy: strings.Replace(page.ContentPolicy, "style-src 'self'", "style-src 'self' "+hash, 1),
	}
}

// quoteCSS writes a CSS string. Whatever is not a plain character is escaped,
// so that no code of a questionnaire can end the string or the element.
func quoteCSS(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '-', r == '_':
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, `\%x `, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
