/** What runs on a node. */
@org.jspecify.annotations.NullMarked
module dev.fairlead.agent {
    requires static transitive org.jspecify;
    requires transitive dev.fairlead.core;
    requires transitive dev.fairlead.wire;
    requires transitive dev.fairlead.client;
    requires transitive dev.fairlead.kernel;
    requires transitive dev.fairlead.dataplane;
    requires transitive dev.fairlead.dns;
    requires transitive dev.fairlead.pods;

    exports dev.fairlead.agent.cluster;
    exports dev.fairlead.agent.health;
    exports dev.fairlead.agent.metrics;
    exports dev.fairlead.agent.network;
    exports dev.fairlead.agent;
    exports dev.fairlead.agent.testing;
}
