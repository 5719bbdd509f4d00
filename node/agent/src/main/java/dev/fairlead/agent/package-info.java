/**
 * What runs on a node: it follows Services, slices and its pods through the Kubernetes API, keeps the routes, the data
 * plane and the names after them, runs the pods, and says how far it has come. Everything is put together by
 * constructors. Start reading at {@code Agent}.
 */
package dev.fairlead.agent;
