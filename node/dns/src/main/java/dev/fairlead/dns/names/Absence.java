// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.names;

/** Why there is no such name. */
public enum Absence {
    /** Nothing of the zone looks like this. */
    NO_SUCH_FORM("no name of the zone has this form"),
    /** The namespace is not there. */
    NO_NAMESPACE("there is no such namespace"),
    /** The Service is not there. */
    NO_SERVICE("there is no such Service in this namespace"),
    /** The Service is headless and none of its endpoints is ready. */
    NO_READY_ENDPOINT("the Service is headless and none of its endpoints is ready"),
    /** No ready endpoint of the Service is called so. */
    NO_SUCH_ENDPOINT("no ready endpoint of the Service has this name"),
    /** No port of the Service is called so, with this protocol. */
    NO_SUCH_PORT("no port of the Service has this name and protocol"),
    /** The external name of the Service is no name. */
    NOT_A_NAME("the externalName of the Service is an address or no name at all; an alias can only be of a name"),
    /** No load balancer gave the Service anything. */
    NOTHING_GIVEN("the Service has no address or name of a load balancer"),
    /** Pods have no names here. */
    PODS_DISABLED("names of pods are switched off"),
    /** This is no address with dashes. */
    NO_ADDRESS("a pod's name is its address with dashes, such as 10-244-0-7"),
    /** No pod of the namespace has this address. */
    NO_POD("no pod of the namespace has this address");

    private final String text;

    Absence(String text) {
        this.text = text;
    }

    /** In words. */
    public String text() {
        return text;
    }
}
