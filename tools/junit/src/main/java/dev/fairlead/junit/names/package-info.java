/** Names of clusters for {@code InetAddress} of this JVM (JEP 418). Start reading at {@code ClusterNames}. */
package dev.fairlead.junit.names;
