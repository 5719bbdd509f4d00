/** Local pods: processes with an address, probes, restarts, logs. */
@org.jspecify.annotations.NullMarked
module dev.fairlead.pods {
    requires static transitive org.jspecify;
    requires transitive dev.fairlead.core;
    requires transitive dev.fairlead.wire;
    requires transitive dev.fairlead.client;
    requires transitive dev.fairlead.kernel;
    requires java.net.http;
}
