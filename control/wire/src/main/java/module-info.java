/** How bytes become objects: the value tree, one schema model, JSON, YAML, protobuf, patches; and the exchange with an API. */
@org.jspecify.annotations.NullMarked
module dev.fairlead.wire {
    requires static transitive org.jspecify;
    requires transitive dev.fairlead.core;
    requires re2j;
    requires tools.jackson.core;
    requires org.snakeyaml.engine;

    exports dev.fairlead.wire;
    exports dev.fairlead.wire.custom;
    exports dev.fairlead.wire.exchange;
    exports dev.fairlead.wire.json;
    exports dev.fairlead.wire.metrics;
    exports dev.fairlead.wire.ownership;
    exports dev.fairlead.wire.patch;
    exports dev.fairlead.wire.protobuf;
    exports dev.fairlead.wire.schema;
    exports dev.fairlead.wire.select;
    exports dev.fairlead.wire.time;
    exports dev.fairlead.wire.time.testing;
    exports dev.fairlead.wire.yaml;
}
