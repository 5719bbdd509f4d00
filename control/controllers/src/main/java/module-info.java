/** Loops: observe, decide in core, write. */
@org.jspecify.annotations.NullMarked
module dev.fairlead.controllers {
    requires static transitive org.jspecify;
    requires transitive dev.fairlead.core;
    requires transitive dev.fairlead.wire;
    requires transitive dev.fairlead.client;

    exports dev.fairlead.controllers;
    exports dev.fairlead.controllers.nodes;
    exports dev.fairlead.controllers.provider;

    uses dev.fairlead.controllers.provider.LoadBalancerProvider;
}
