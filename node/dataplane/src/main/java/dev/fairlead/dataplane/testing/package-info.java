/**
 * What a data plane does, seen by packets: {@link dev.fairlead.dataplane.testing.Flows} sends them through the lab and holds what
 * becomes of them against {@code trace}. All data planes' tests and {@code fairlead lab} use it.
 */
package dev.fairlead.dataplane.testing;
