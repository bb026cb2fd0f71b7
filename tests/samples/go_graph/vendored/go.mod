module example.com/poster

go 1.19

require example.org/colour v1.2.0
