/**
 * What commands print, in kubectl's form: tables with columns three spaces apart, YAML and JSON with sorted names, and
 * {@code kind/name}. Start reading at {@code Columns}.
 */
package dev.fairlead.cli.command.output;
