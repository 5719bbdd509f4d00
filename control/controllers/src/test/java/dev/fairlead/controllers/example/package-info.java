/** A provider of load balancers as somebody else might write it; the guide shows it. */
package dev.fairlead.controllers.example;
