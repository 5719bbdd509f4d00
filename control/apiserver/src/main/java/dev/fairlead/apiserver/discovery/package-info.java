/**
 * What the server says about itself: groups, versions and kinds ({@link dev.fairlead.apiserver.discovery.Discovery}), its
 * version and health ({@link dev.fairlead.apiserver.discovery.About}), and every field of every kind ({@link
 * dev.fairlead.apiserver.discovery.OpenApi}), made from the one schema when somebody first asks.
 */
package dev.fairlead.apiserver.discovery;
