module tidegate/reference

go 1.22
