/**
 * YAML ⇄ value tree. Start at {@link dev.fairlead.wire.yaml.Yaml}. A manifest means here exactly what it means to kubectl:
 * {@link dev.fairlead.wire.yaml.Scalars} holds that decision. Every document comes with {@link
 * dev.fairlead.wire.yaml.Positions}, so that whatever is found wrong later can be told with line and column.
 */
package dev.fairlead.wire.yaml;
