/** Local pods: processes with an address, probes, restarts, logs. */
@org.jspecify.annotations.NullMarked
module dev.fairlead.pods {
    requires static transitive org.jspecify;
    requires transitive dev.fairlead.core;
    requires transitive dev.fairlead.wire;
    requires transitive dev.fairlead.client;
    requires transitive dev.fairlead.kernel;

    exports dev.fairlead.pods;
    exports dev.fairlead.pods.environment;
    exports dev.fairlead.pods.log;
    exports dev.fairlead.pods.network;
    exports dev.fairlead.pods.played;
    exports dev.fairlead.pods.status;
    exports dev.fairlead.pods.definition;
    exports dev.fairlead.pods.testing;
}
