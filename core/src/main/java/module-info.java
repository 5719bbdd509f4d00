/** What a Service means: pure decisions over values. */
@org.jspecify.annotations.NullMarked
module dev.fairlead.core {
    requires static transitive org.jspecify;

    exports dev.fairlead.core;
    exports dev.fairlead.core.allocation;
    exports dev.fairlead.core.definition;
    exports dev.fairlead.core.endpoints;
    exports dev.fairlead.core.explain;
    exports dev.fairlead.core.persistent;
    exports dev.fairlead.core.routes;
}
