/** List/watch cache, work queue, lease: the one door to any Kubernetes API. */
@org.jspecify.annotations.NullMarked
module dev.fairlead.client {
    requires static transitive org.jspecify;
    requires transitive dev.fairlead.core;
    requires transitive dev.fairlead.wire;
    requires java.net.http;

    exports dev.fairlead.client;
    exports dev.fairlead.client.cache;
    exports dev.fairlead.client.https;
    exports dev.fairlead.client.queue;
    exports dev.fairlead.client.record;
}
