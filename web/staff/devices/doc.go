// Package devices is the staff pages where kiosks and code screens are enrolled
// for a point, seen and revoked.
//
// It must not know what came in by a device.
package devices
