/**
 * What {@code kubectl get} prints: columns and cells of each kind, the ages in words. {@link
 * dev.fairlead.apiserver.table.Tables} finds the table of a kind; a kind without one shows name and age. The server always
 * makes all columns, kubectl hides those of priority 1 unless asked for {@code -o wide}. Decides only.
 */
package dev.fairlead.apiserver.table;
