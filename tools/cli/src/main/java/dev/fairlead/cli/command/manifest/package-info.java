/**
 * Files of objects, read whole and checked against the schema before anything is sent, and how to make the API hold what
 * they say. Everything that is wrong is told with file, line and column, all of it at once. Applying follows kubectl's
 * client-side apply (annotation {@code last-applied-configuration}, three-way strategic merge), so both can take turns on
 * one object. Start reading at {@code ManifestReader}, then {@code Plan}.
 */
package dev.fairlead.cli.command.manifest;
