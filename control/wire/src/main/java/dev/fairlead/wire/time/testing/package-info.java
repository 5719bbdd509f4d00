/** Time for tests: it moves when told to and at no other moment. */
package dev.fairlead.wire.time.testing;
