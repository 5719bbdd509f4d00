/**
 * A Kubernetes cluster in the JVM of a test: what users see. Start reading at {@link dev.fairlead.junit.FairleadCluster}, or at
 * {@link dev.fairlead.junit.Fairlead} with JUnit. All of it is types of the JDK and of this package; the server behind it is
 * package {@code engine}, loaded apart by package {@code loading}.
 */
package dev.fairlead.junit;
