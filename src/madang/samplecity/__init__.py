"""A made-up city whose files are as real ones are, and of which is known what was planted in them."""

from madang.samplecity.city import City, Delivery, Setting
from madang.samplecity.make import Made, found, make_city

__all__ = ["City", "Delivery", "Made", "Setting", "found", "make_city"]
