package shell

import (
	"context"
	"fmt"
	"strings"

	"hailong/survey"
)

// ChooseCampaigns returns the campaign with an id, or all, and the catalogue
// that they are of.
func ChooseCampaigns(ctx context.Context, store survey.Store, id string) (c *survey.Catalog, chosen []*survey.Campaign, err error) {
	if c, err = survey.LoadCatalog(ctx, store); err != nil {
		return nil, nil, err
	}
	var ids []string
	for i := range c.Campaigns {
		k := &c.Campaigns[i]
		ids = append(ids, string(k.ID))
		if id == "all" || id == string(k.ID) {
			chosen = append(chosen, k)
		}
	}
	if len(chosen) == 0 {
		return nil, nil, fmt.Errorf("không có đợt khảo sát %[1]q / there is no campaign %[1]q; there are: %[2]s", id, strings.Join(ids, ", "))
	}
	return c, chosen, nil
}
