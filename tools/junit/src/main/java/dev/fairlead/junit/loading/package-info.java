/**
 * Between the test's classes and the server's: loads the latter in a class loader of their own and keeps in mind which
 * clusters are open. Start reading at {@link dev.fairlead.junit.loading.OpenClusters}.
 */
package dev.fairlead.junit.loading;
