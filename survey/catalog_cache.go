package survey

import (
	"context"
	"sync/atomic"
)

// CatalogCache holds the catalogue in force, shared by all who read it. Readers
// take a Catalog once per request and see one consistent state; whoever
// changes a catalogue document calls Reload afterwards, and so does a job,
// because another replica or a command may have changed the store.
type CatalogCache struct {
	store   Store
	catalog atomic.Pointer[Catalog]
}

// OpenCatalog loads the catalogue of a store.
func OpenCatalog(ctx context.Context, store Store) (*CatalogCache, error) {
	c := &CatalogCache{store: store}
	return c, c.Reload(ctx)
}

// Catalog returns the catalogue as of now. It is never nil.
func (c *CatalogCache) Catalog() *Catalog { return c.catalog.Load() }

// Reload reads the catalogue again; on an error the old one stays in force.
func (c *CatalogCache) Reload(ctx context.Context) error {
	catalog, err := LoadCatalog(ctx, c.store)
	if err != nil {
		return err
	}
	c.catalog.Store(catalog)
	return nil
}
