/**
 * What nodes are given by the cluster: each its blocks of addresses for pods. The Node objects are the only record of who
 * has which. Start reading at {@code NodeBlocks}.
 */
package dev.fairlead.controllers.nodes;
