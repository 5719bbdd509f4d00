/** Benchmarks: each a program of its own, run by {@code ./build bench NAME}; results go to docs/benchmarks.md. */
package dev.fairlead.bench;
