/** How fast a cluster in a test's JVM is: {@code ./build bench junit}. Start reading at {@code JunitBench}. */
package dev.fairlead.examples.bench;
