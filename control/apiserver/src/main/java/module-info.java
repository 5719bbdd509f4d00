/** The Kubernetes API over the store. */
@org.jspecify.annotations.NullMarked
module dev.fairlead.apiserver {
    requires static transitive org.jspecify;
    requires transitive dev.fairlead.core;
    requires transitive dev.fairlead.wire;
    requires transitive dev.fairlead.store;
    requires io.vertx.core;
}
