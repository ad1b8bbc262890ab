// Package campaigns runs campaigns: their life from draft to publication, their
// plan and its sizes, and how the collection goes.
//
// It owns what a plan requires, progress against it and its forecast. Which
// steps a state allows is survey.Campaign's own rule. Numbers by what a citizen chose or
// carried (sector, channel, point) are those of a release, which it asks
// hailong/survey/releases for: nothing here tells them as they come. It must not compute or
// hide a published figure: it fixes what it is given.
package campaigns
