module example.com/suite

go 1.19

require example.com/suite/tools v0.0.0

replace example.com/suite/tools => ./tools
