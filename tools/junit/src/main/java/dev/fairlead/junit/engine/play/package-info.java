/**
 * Pods played inside this JVM: who plays which ({@code Troupe}), the connections to a pod and the trouble with them
 * ({@code Passage}), and the actors that a node's pods are given. Start reading at {@code Troupe}.
 */
package dev.fairlead.junit.engine.play;
